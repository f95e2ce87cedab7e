require('./serve.js')(3000);
