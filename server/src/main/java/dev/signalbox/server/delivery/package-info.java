/**
 * Feature: the durable queue, its dispatcher, the live channel, and the routes and commands for messages. By what they are
 * about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>the feature</td>
 *       <td>{@link DeliveryFeature}, DeliveryKeys, DeliverySettings, DispatcherDrain</td></tr>
 *   <tr><td>the channels that it serves itself</td>
 *       <td>LiveChannel, LiveSender, TopicChannel, TopicSender, LogicChannel, LogicSender, RoutedMessage</td></tr>
 *   <tr><td>how the queue stands: metrics and the overview</td>
 *       <td>{@link DeliveryMetrics}, Rates, Latencies, DeliveryOverview</td></tr>
 *   <tr><td>routes for messages and channels</td>
 *       <td>MessageRoutes, Conflicts, MessageView, ShownBodies, MessageActions, LaneRoutes, MessagingRoutes</td></tr>
 *   <tr><td>how requests are read</td>
 *       <td>ReachReader, StepReader, LabelsReader, MessageFilterReader, ScheduleReader, OperatorBody</td></tr>
 *   <tr><td>bulk requests</td>
 *       <td>BulkIntake, BulkSource, CsvReader, CsvParser, CsvRow, BulkRequests</td></tr>
 *   <tr><td>batches and recurring messages</td>
 *       <td>BatchRoutes, RecurringRoutes, RecurringReader, RecurringStep, QueueLoop</td></tr>
 *   <tr><td>commands that send</td>
 *       <td>SendCommand, TestSendCommand, ImportCommand, BulkChunks, ImportProgress, RefusedRows</td></tr>
 *   <tr><td>commands for the queue</td>
 *       <td>QueueCommand, QueueQuestion, QueueStatus, QueueMessages, QueueFilter, QueueChange, QueueReschedule,
 *           QueueLanes</td></tr>
 *   <tr><td>commands for batches and recurring messages, and the check of the history</td>
 *       <td>BatchCommand, RecurringCommand, CheckCommand, CheckHistory, ChannelOption</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.server.delivery;

import org.jspecify.annotations.NullMarked;
