/**
 * The session bus, usable alone, with its store in memory. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link SessionBus}, {@link BusOptions}, {@link SendOptions}, {@link Event}, {@link EventId}, {@link Page}, {@link From},
 *           {@link Gap}, {@link Subscriber}, {@link Subscription}, {@link Codec}, {@link Retention}, {@link BusHealth}, {@link BusListener}</td></tr>
 *   <tr><td>groups</td>
 *       <td>{@link Member}, {@link GroupOptions}, {@link Claimed}, {@link DeadLetter}</td></tr>
 *   <tr><td>failures</td>
 *       <td>{@link SessionBusException} and its kinds: {@link SessionUnavailableException}, {@link SessionConflictException},
 *           {@link SessionOverloadedException}, {@link SessionCodecException}, {@link SessionClosedException}</td></tr>
 *   <tr><td>what adapters implement</td>
 *       <td>{@link SessionStore}, {@link EpochMicros}</td></tr>
 *   <tr><td>the store in memory</td>
 *       <td>MemoryStore, MemorySession</td></tr>
 *   <tr><td>the engine</td>
 *       <td>StoreBus, Limits, EventCodec, JsonCodec, BusMonitor, Backoff, Periodic</td></tr>
 *   <tr><td>its appending</td>
 *       <td>Writer, WriterThreads, Outgoing, ToldSenders</td></tr>
 *   <tr><td>its following</td>
 *       <td>Follower, Feed, Position, Reader, Checkpoints, TimeSearch, WatcherRegistry, Watcher</td></tr>
 *   <tr><td>its finding out what others appended</td>
 *       <td>Tail, Sweeper</td></tr>
 *   <tr><td>its groups</td>
 *       <td>GroupMember, Groups, GroupState, Claim</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.session.bus;

import org.jspecify.annotations.NullMarked;
