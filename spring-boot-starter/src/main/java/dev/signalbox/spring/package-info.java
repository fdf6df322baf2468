/**
 * Signalbox in a Spring Boot application. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>the database</td>
 *       <td>DatabaseAutoConfiguration, DatabaseProperties, DatabasePlace</td></tr>
 *   <tr><td>the delivery queue and its dispatcher</td>
 *       <td>DeliveryAutoConfiguration, DeliveryProperties, TransactionalQueue, DispatcherLifecycle, DispatcherListeners</td></tr>
 *   <tr><td>what operators see of it</td>
 *       <td>ActuatorAutoConfiguration, SignalboxEndpoint, DispatcherHealthIndicator, DeliveryMetrics, LaneGauges, ObservedSender</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.spring;

import org.jspecify.annotations.NullMarked;
