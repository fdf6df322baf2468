/**
 * Signalbox in a Spring Boot application. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>the database</td>
 *       <td>DatabaseAutoConfiguration, DatabaseProperties, DatabasePlace</td></tr>
 *   <tr><td>the delivery queue and its dispatcher</td>
 *       <td>DeliveryAutoConfiguration, DeliveryProperties, TransactionalQueue, WrappedQueue, TransactionJoin, DispatcherLifecycle</td></tr>
 *   <tr><td>its batches</td>
 *       <td>TransactionalBatches, WrappedBatches, BatchLoop</td></tr>
 *   <tr><td>what operators see of it</td>
 *       <td>ActuatorAutoConfiguration, SignalboxEndpoint, DispatcherHealthIndicator, DeliveryMetrics, LaneGauges, ObservedSender, WrappedSender</td></tr>
 *   <tr><td>leases</td>
 *       <td>{@link Leased}, {@link CurrentLease}; LeaseAutoConfiguration, LeaseProperties, LeasedElections, LeasedPostProcessor</td></tr>
 *   <tr><td>the router</td>
 *       <td>{@link SignalboxLogic}; RouterAutoConfiguration, RouterProperties, RouterLifecycle, LogicPostProcessor, LogicMethod</td></tr>
 *   <tr><td>maintenance</td>
 *       <td>MaintenanceAutoConfiguration, MaintenanceProperties, MaintenanceAvailability, MaintenanceHealthIndicator, DispatcherDrain</td></tr>
 *   <tr><td>mail</td>
 *       <td>MailAutoConfiguration, MailProperties</td></tr>
 *   <tr><td>for tests of applications</td>
 *       <td>{@link SignalboxTest}, {@link TestDeliveries}; TestDeliveriesAutoConfiguration, TestQueue, TestBatches, TestClock, RecordedSender, AcceptingSender</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.spring;

import org.jspecify.annotations.NullMarked;
