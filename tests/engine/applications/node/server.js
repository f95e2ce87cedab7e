// Played by the probe, on the port that the admin console declares.
require('./dist/serve.js')(3000);
