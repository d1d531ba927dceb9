const { execSync } = require('child_process');

function ping(host) {
  return execSync('ping -c 1 ' + host).toString(); // want `reaches execSync`
}

module.exports = { ping };
