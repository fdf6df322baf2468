/**
 * One configuration for every database: pool, dialect, transactions, migrations. By what they are about, in the order to read
 * them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link Database}, {@link DatabaseConfig}, {@link Dialect}, {@link Tls}, {@link PoolOptions}, {@link Work},
 *           {@link Upsert}, {@link DatabaseClock}, {@link Migration}, {@link PoolFigures}, {@link DedicatedConnection},
 *           {@link Notifications}</td></tr>
 *   <tr><td>failures</td>
 *       <td>{@link DatabaseException} and its kinds: {@link DatabaseUnavailableException}, {@link DatabaseInUseException};
 *           Failures, FailureKind</td></tr>
 *   <tr><td>how people write down where a database is</td>
 *       <td>DataSourceName, NamedUrl, Hosts, PostgresName, KeywordParser, MySqlName, GoDuration, SqlServerName, SemicolonPairs,
 *           SqliteName</td></tr>
 *   <tr><td>what each database does in its own way</td>
 *       <td>Engine, PostgresEngine, PostgresPooler, {@link KeepAliveSockets}, MySqlEngine, SqlServerEngine,
 *           SqliteEngine</td></tr>
 *   <tr><td>connections and transactions</td>
 *       <td>Pools, Pool, DriverDataSource, ReadOnlyEviction, Transactions, WriteProbe</td></tr>
 *   <tr><td>migrations</td>
 *       <td>Migrations, MigrationHistory, MigrationLock</td></tr>
 *   <tr><td>the file of a SQLite database</td>
 *       <td>SqliteFile, FileOwnership</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.database;

import org.jspecify.annotations.NullMarked;
