/**
 * The durable delivery queue: model, JDBC store, dispatcher, and the Sender SPI. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use to enqueue</td>
 *       <td>{@link DeliveryQueue}, {@link Reach}, {@link Step}, {@link Channel}, {@link Labels}, {@link RecipientTime},
 *           {@link QuietHours}</td></tr>
 *   <tr><td>what they use to find messages, and to change what becomes of them</td>
 *       <td>{@link MessageState}, {@link MessageFilter}, {@link Schedule}, {@link Remark}</td></tr>
 *   <tr><td>what they use to have messages delivered</td>
 *       <td>{@link Dispatcher}, {@link DispatchOptions}, {@link Retry}, {@link Retention}, {@link QuietTimes}, {@link ClusterLimits},
 *           {@link Rate}, {@link DispatcherListener}</td></tr>
 *   <tr><td>batches, recurring messages, and what providers tell later</td>
 *       <td>{@link MessageBatches}, {@link MessageBatch}, {@link RecurringMessages}, {@link RecurringMessage}, {@link CronSchedule},
 *           {@link DeliveryReceipts}, {@link DeliveryReceipt}</td></tr>
 *   <tr><td>what operators need</td>
 *       <td>{@link FlowControl}, {@link BodyProtection}, {@link BodyKey}, {@link MessagesTable}, {@link HistoryCheck}</td></tr>
 *   <tr><td>failures</td>
 *       <td>{@link DeliveryQueueException} and its kinds: {@link QueueUnavailableException}, {@link EnqueueInDoubtException},
 *           {@link ReachConflictException}, {@link BatchConflictException}</td></tr>
 *   <tr><td>what adapters implement</td>
 *       <td>{@link Sender}, {@link Delivery}, {@link SendResult}</td></tr>
 *   <tr><td>the queue</td>
 *       <td>JdbcQueue, Intake, Precedents, Changes, Removal, BulkPages, History, Figures, DueMessages</td></tr>
 *   <tr><td>its times, ids, limits and columns</td>
 *       <td>Time, Micros, Ids, Limits, Rows</td></tr>
 *   <tr><td>its search</td>
 *       <td>Search, Conditions, Walk, IndexWalk, QueueWalk, LeaseWalk</td></tr>
 *   <tr><td>its pauses, batches, recurring messages and receipts</td>
 *       <td>JdbcFlow, JdbcBatches, BatchDigest, BatchRows, JdbcRecurring, CronField, JdbcReceipts</td></tr>
 *   <tr><td>what moves through the tables, and by which rules</td>
 *       <td>Ticket, Claimed, Terms, Rules, Verdict, Outcome</td></tr>
 *   <tr><td>the steps that each database does in its own way, and SQL that several use</td>
 *       <td>Store, Ledger, BatchEnds, Budgets</td></tr>
 *   <tr><td>on PostgreSQL</td>
 *       <td>PostgresStore, PostgresInsertion, BinaryCopy, PostgresCompletion, Arguments</td></tr>
 *   <tr><td>on the others</td>
 *       <td>SqliteStore, LockingStore, LockingLook, MySqlStore, SqlServerStore, NewMessages, LeaseEntries</td></tr>
 *   <tr><td>the dispatcher</td>
 *       <td>QueueDispatcher, GuardedListener, Supervisor, Control, WakeUp, Outage</td></tr>
 *   <tr><td>its loops beside the lanes</td>
 *       <td>Heartbeat, Unserved, Cleaner, Completer, Faults</td></tr>
 *   <tr><td>its lanes</td>
 *       <td>LaneContext, Lane, Claims, Marks, HeldLease, HeldLeases, Attempts, Flight</td></tr>
 *   <tr><td>what holds a lane back</td>
 *       <td>Holds, Throttle, LaneLimits, Recipients, LaneBreaker</td></tr>
 *   <tr><td>how the dispatcher learns of new messages</td>
 *       <td>Wake, PendingCommits, NotificationListener</td></tr>
 *   <tr><td>how it knows after a crash what was sent</td>
 *       <td>Journal, MappedJournal, NoJournal, Recovery</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.delivery.queue;

import org.jspecify.annotations.NullMarked;
