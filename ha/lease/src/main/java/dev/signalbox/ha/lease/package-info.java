/**
 * Leases, usable alone: locks, elections and fencing, with a store in memory and one in a database. By what they are about, in the
 * order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link Leases}, {@link LeaseOptions}, {@link Lease}, {@link LeaseLock}, {@link Election}, {@link ElectionListener},
 *           {@link Role}, {@link LossReason}</td></tr>
 *   <tr><td>guards of what a former holder must not change</td>
 *       <td>{@link Fence}, {@link HttpFence}, DatabaseFence</td></tr>
 *   <tr><td>failures</td>
 *       <td>{@link LeaseException} and its kinds: {@link LeaseStoreUnavailableException}, {@link LeaseLostException},
 *           {@link StaleEpochException}</td></tr>
 *   <tr><td>what adapters implement</td>
 *       <td>{@link LeaseStore}, {@link Acquisition}, {@link LeaseState}, {@link LeaseNames}</td></tr>
 *   <tr><td>the store in memory</td>
 *       <td>MemoryStore</td></tr>
 *   <tr><td>the store in a database</td>
 *       <td>{@link DatabaseLeases}, DatabaseStore, LeaseTaking, Failing, EarlyTakeoverStore, LivenessLocks, LivenessWatch</td></tr>
 *   <tr><td>the algorithm, without threads</td>
 *       <td>Candidate, Keeper, Tenure, Deadline, {@link Clocks}</td></tr>
 *   <tr><td>its threads</td>
 *       <td>RunningElection, HeldLock, Callbacks, Signal</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.ha.lease;

import org.jspecify.annotations.NullMarked;
