/**
 * Ships log records in batches over HTTP, to the destination that each record's context names.
 *
 * <p>Where to begin: {@link Observatory} takes records ({@link LogRecord}), {@link ObservatoryOptions} say how they are shipped
 * and {@link Destination} where to. {@link ObservatoryAppender}, {@link ObservatoryLog4jAppender} and
 * {@link ObservatoryHandler} connect the logging frameworks; {@link ContextHeaders} and the filters beside it read an
 * {@link ExecutionContext} from a request. {@link LogFiles} and {@link LogReplay} are for people and tools.
 *
 * <p>Inside, from the caller to the wire:
 *
 * <ul>
 *   <li>{@code Shipper} takes a record into the {@code Lane} of its destination, which {@code LaneRegistry} finds, within the
 *       {@code MemoryBudget};
 *   <li>{@code LaneScheduler} decides when a lane has its turn: {@code LaneShipper} ships with {@code HttpExporter} and an
 *       {@code Encoder} for each format, {@code LaneSpooler} spools what does not get through;
 *   <li>the spool: {@code SpoolFolder} has a {@code LaneSpool} for each lane, in files ({@code Segments}) of {@code Frames},
 *       within the {@code DiskBudget}; {@code Recovery} finds what an earlier process left. {@code DeadLetterFolder} keeps what
 *       was refused, in such files too.
 * </ul>
 *
 * <p>By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link Observatory}, {@link ObservatoryOptions}, {@link WhenFull}, {@link Destination}, {@link WireFormat},
 *           {@link AllowList}, {@link LogRecord}, {@link Severity}, {@link Trace}</td></tr>
 *   <tr><td>what it tells, and failures</td>
 *       <td>{@link ObservatoryListener}, {@link DropReason}, {@link ObservatoryStats}, {@link ObservatoryException}</td></tr>
 *   <tr><td>on whose behalf code runs</td>
 *       <td>{@link ExecutionContext}, {@link ContextHeaders}, {@link ObservatoryServletFilter},
 *           {@link ObservatoryGrpcInterceptor}; MdcContexts</td></tr>
 *   <tr><td>what connects the logging frameworks</td>
 *       <td>{@link ObservatoryAppender}, {@link ObservatoryLog4jAppender}, {@link ObservatoryHandler}; EventForwarder,
 *           AppenderSettings</td></tr>
 *   <tr><td>for people and tools: files of spools and dead letters</td>
 *       <td>{@link LogFiles}, {@link LogReplay}</td></tr>
 *   <tr><td>the engine: taking records in</td>
 *       <td>Shipper, Truncation, Counters</td></tr>
 *   <tr><td>its buffers</td>
 *       <td>LaneRegistry, Lane, Batch, MemoryBudget</td></tr>
 *   <tr><td>the turns of these</td>
 *       <td>LaneScheduler, LaneShipper, LaneSpooler</td></tr>
 *   <tr><td>its requests</td>
 *       <td>HttpExporter, Outcome, ResponseBody</td></tr>
 *   <tr><td>its wire formats</td>
 *       <td>Encoder, EverworkerEncoder, Json, OtlpScopes, OtlpJsonEncoder, OtlpProtobufEncoder, Protobuf</td></tr>
 *   <tr><td>its spool and dead letters</td>
 *       <td>SpoolFolder, LaneSpool, Recovery, DeadLetterFolder, DiskBudget, Segments, Frames, FrameReader</td></tr>
 *   <tr><td>what these parts share</td>
 *       <td>SharedBudget, Notifier, Bytes, LibraryThreads, Preconditions</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.observatory;

import org.jspecify.annotations.NullMarked;
