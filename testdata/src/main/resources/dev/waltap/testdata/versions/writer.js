// Runs statements by a Node module like better-sqlite3; the commands are those of JdbcWriterMain.
const Database = require(process.argv[1]);
const readline = require('readline');

const connections = {};
const row = new Database(':memory:').prepare('SELECT sqlite_version() AS v, sqlite_source_id() AS s').get();
console.log('version ' + row.v + ' ' + row.s);
const lines = readline.createInterface({ input: process.stdin, crlfDelay: Infinity });
lines.on('line', line => {
  const words = line.split(' ');
  const rest = words.slice(2).join(' ');
  try {
    if (words[0] === 'sql') connections[words[1]].exec(rest);
    else if (words[0] === 'open') connections[words[1]] = new Database(rest);
    else if (words[0] === 'close') { connections[words[1]].close(); delete connections[words[1]]; }
    else console.log(line);
  } catch (e) {
    console.log('error ' + String(e.message).replace(/\n/g, ' '));
  }
});
lines.on('close', () => process.reallyExit(0));
