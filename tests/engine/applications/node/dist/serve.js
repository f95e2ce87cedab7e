// Node.js cannot become another program, so it stays as the parent and passes on the end.
const { spawn } = require('node:child_process');

module.exports = (port) => {
  const probe = spawn('/usr/local/bin/probe', ['serve', '--port', String(port)], { stdio: 'inherit' });
  process.on('SIGTERM', () => probe.kill());
  probe.on('exit', (code) => process.exit(code ?? 0));
};
