import { startEmbedded } from '#postgres/embedded';

/** A program that runs an embedded PostgreSQL and ends in the way that it is told to on its standard input. */
const [, , dataDir] = process.argv;

void startEmbedded({ dataDir: dataDir! }).then(
  (embedded) => {
    console.log(JSON.stringify({ url: embedded.url }));
    process.stdin.on('data', (word) => {
      switch (word.toString().trim()) {
        case 'exit':
          return process.exit(0);
        case 'throw':
          throw new Error('on purpose');
        case 'return':
          return process.stdin.destroy(); // nothing is left to do
        case 'stop':
          return void embedded.stop().then(() => process.exit(0));
      }
    });
  },
  (error: Error) => {
    console.log(JSON.stringify({ error: error.message }));
    process.exit(1);
  },
);
