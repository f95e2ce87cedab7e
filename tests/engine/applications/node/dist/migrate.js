// The migration job: it needs its database's address and nothing else.
if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set');
console.log('nothing to migrate');
