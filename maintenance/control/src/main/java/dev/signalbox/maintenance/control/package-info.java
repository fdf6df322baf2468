/**
 * Maintenance of a node, usable alone. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link Maintenance}, {@link MaintenanceOptions}, {@link FailurePolicy}, {@link Admission}, {@link AdmissionGate},
 *           {@link MaintenanceStatus}, {@link MaintenanceEvent}, {@link Subscription}</td></tr>
 *   <tr><td>what takes part in a drain</td>
 *       <td>{@link Drainable}, {@link Phase}, GateDrainable</td></tr>
 *   <tr><td>what a drain tells</td>
 *       <td>{@link DrainReport}, {@link DrainPlan}, {@link DrainableStats}</td></tr>
 *   <tr><td>where signals come from</td>
 *       <td>{@link Signal}, {@link ActiveSignal}, {@link SignalSource}, {@link SharedSignals}, {@link SourceStatus}, {@link SignalText},
 *           {@link SignalSourceException}; {@link FileSignals}, {@link WebhookSignals}</td></tr>
 *   <tr><td>the engine</td>
 *       <td>NodeMaintenance, Monitor, Wishes, Sources, DrainRun, Participation, DrainHistory, EventFeed</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.maintenance.control;

import org.jspecify.annotations.NullMarked;
