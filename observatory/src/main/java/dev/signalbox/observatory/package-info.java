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
 */
@NullMarked
package dev.signalbox.observatory;

import org.jspecify.annotations.NullMarked;
