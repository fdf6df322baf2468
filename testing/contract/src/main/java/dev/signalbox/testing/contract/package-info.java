/**
 * What every implementation of an SPI must pass. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>endpoints of the router</td>
 *       <td>{@link EndpointContract}, {@link EndpointSettings}, {@link TestClient}, EndpointFixture, EndpointAdmissionContract,
 *           EndpointMessagingContract, EndpointTopicContract, EndpointAnswerContract, RecordingListener</td></tr>
 *   <tr><td>links between nodes, and histories of topics</td>
 *       <td>{@link ClusterLinkContract}, {@link ClusterLinkFaultContract}, {@link LinkRecorder}, {@link TopicHistoryContract},
 *           {@link TopicHistoryFaultContract}, HistoryFixture, {@link FaultyBroker}, {@link FaultyStore}</td></tr>
 *   <tr><td>databases of the delivery queue: what all parts of the contract share</td>
 *       <td>{@link DeliveryQueueContract}, DeliveryQueueRunningContract, {@link ScriptedSender}, {@link MovableClock},
 *           QueueAudit, ThrowingListener, Nothing</td></tr>
 *   <tr><td>the queue: how messages enter it</td>
 *       <td>{@link DeliveryQueueEnqueueContract}, {@link DeliveryQueueBulkContract}, {@link DeliveryQueueBatchContract},
 *           {@link DeliveryQueueBatchRepeatContract}, {@link DeliveryQueueRecurringContract},
 *           {@link DeliveryQueueMessagesTableContract}</td></tr>
 *   <tr><td>the queue: what becomes of them</td>
 *       <td>{@link DeliveryQueueDispatchContract}, {@link DeliveryQueueStepContract}, {@link DeliveryQueueLeaseContract},
 *           {@link DeliveryQueueFlowContract}, {@link DeliveryQueueLimitContract}, {@link DeliveryQueueQuietContract},
 *           {@link DeliveryQueueContinuousContract}, {@link DeliveryQueueStopContract},
 *           {@link DeliveryQueueSimulationContract}, QueueSimulation</td></tr>
 *   <tr><td>the queue: what is found, changed and kept</td>
 *       <td>{@link DeliveryQueueSearchContract}, {@link DeliveryQueueLabelsContract}, {@link DeliveryQueueChangeContract},
 *           {@link DeliveryQueueScheduleContract}, {@link DeliveryQueueBodiesContract}, {@link DeliveryQueueRetentionContract},
 *           {@link DeliveryQueueHistoryContract}</td></tr>
 *   <tr><td>stores of the session bus</td>
 *       <td>{@link SessionContract}, {@link SessionBusContract}, SessionSendContract, {@link SessionFollowContract},
 *           {@link SessionGroupContract}, {@link SessionStoreContract}, SessionUpkeepContract, {@link Recorder}, Collector,
 *           {@link DisturbedStore}</td></tr>
 *   <tr><td>stores of leases</td>
 *       <td>{@link LeaseStoreContract}, {@link ElectionContract}</td></tr>
 *   <tr><td>maintenance: places for signals, participants in a drain</td>
 *       <td>{@link SignalSourceContract}, {@link DrainableContract}</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.testing.contract;

import org.jspecify.annotations.NullMarked;
