/**
 * The in-memory message router: clients, topics, logic, middleware, acknowledgements, clusters; what transports and brokers implement.
 * By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link Router}, {@link RouterOptions}, {@link Logic}, {@link SessionInfo}, {@link CloseReason},
 *           {@link RouterListener}</td></tr>
 *   <tr><td>messages</td>
 *       <td>{@link Address}, {@link Payload}, {@link Message}, {@link MessageId}, {@link Intent}, {@link SendReport},
 *           {@link AckResult}</td></tr>
 *   <tr><td>topics</td>
 *       <td>{@link TopicPolicy}, {@link TopicInfo}, {@link Position}</td></tr>
 *   <tr><td>who may connect, and what they may do</td>
 *       <td>{@link Authenticator}, {@link Principal}, {@link TopicGrants}, {@link Authorizer}, {@link Draft}, {@link Gatekeeper},
 *           {@link Middleware}, {@link Decision}</td></tr>
 *   <tr><td>clusters</td>
 *       <td>{@link Cluster}, {@link ClusterOptions}, {@link ClusterNode}, {@link ClusterCounts}, {@link MemoryBroker}</td></tr>
 *   <tr><td>failures</td>
 *       <td>{@link RouterException} and its kinds: {@link RequestException}, {@link EndpointException}, {@link ClusterLinkException},
 *           {@link TopicHistoryException}; and what senders are told: {@link RouteError}, {@link ErrorCode}</td></tr>
 *   <tr><td>what a transport for clients implements, and what it is given</td>
 *       <td>{@link Endpoint}, {@link Connection}, {@link ClientGateway}, {@link SessionStart}, {@link ClientSession}, {@link Resumption},
 *           {@link Shard}, {@link Topic}, {@link TopicStart}, {@link Publication}</td></tr>
 *   <tr><td>what a broker between nodes, or a store of topics, implements</td>
 *       <td>{@link ClusterLink}, {@link ClusterLinkDriver}, {@link TopicHistory}</td></tr>
 *   <tr><td>the engine, composed</td>
 *       <td>MessageRouter, RouterParts, SafeListener</td></tr>
 *   <tr><td>what its parts use</td>
 *       <td>Deadlines, Budget, Serial, Backoff, Strings</td></tr>
 *   <tr><td>what is let in</td>
 *       <td>Entrance, Limits, MiddlewareChain, Gate</td></tr>
 *   <tr><td>its routing</td>
 *       <td>Routing, Outcome, Exchanges, Requests, Acknowledgements</td></tr>
 *   <tr><td>its logic</td>
 *       <td>LogicTable, LogicRunner, DispatchedRunner, WorkerRunner, PassiveRunner, LogicInvoker, LogicContext</td></tr>
 *   <tr><td>its users and their sessions</td>
 *       <td>Admissions, Bans, Users, User, LiveSession, Attachment, SessionLifecycle, Subscriptions, Inbox</td></tr>
 *   <tr><td>its topics, all of them</td>
 *       <td>TopicAccess, TopicRouting, Topics, TopicPattern, TopicPatterns</td></tr>
 *   <tr><td>one topic on one node</td>
 *       <td>TopicLog, SubscriptionStart, LocalHistory, Retained, PublicationRing, Conflation, TopicKeys, TopicShards,
 *           TopicSubscribers</td></tr>
 *   <tr><td>who is in a topic</td>
 *       <td>TopicPresences, TopicPresence, PresenceQueries</td></tr>
 *   <tr><td>topics whose order and history all nodes share</td>
 *       <td>SharedTopics, SharedTopic, TopicAppends, HistoryReading, HistoryComparisons, HistoryEntries</td></tr>
 *   <tr><td>a node in its cluster</td>
 *       <td>Membership, ClusterMember, ClusterParts</td></tr>
 *   <tr><td>what it knows of the other nodes</td>
 *       <td>ClusterRegistry, RemoteNode, ClusterCopy, ClusterPages, ClusterAnnouncer, ClusterLimits, ClusterBans</td></tr>
 *   <tr><td>what nodes do for each other</td>
 *       <td>ClusterForwarding, ClusterCarrier, ClusterReceiver, ClusterWaits, ClusterRepeats, ClusterMoves, MovedSession,
 *           NoConnection</td></tr>
 *   <tr><td>topics on several nodes</td>
 *       <td>ClusterInterest, ClusterPresence, PresenceQuestions</td></tr>
 *   <tr><td>what nodes say, and its bytes</td>
 *       <td>ClusterFrame, ClusterCodec, MessageCodec, MembershipCodec, ByteSink, ByteSource, ClusterFrames,
 *           ClusterEnvelope</td></tr>
 *   <tr><td>sending and receiving that over a link</td>
 *       <td>ClusterSender, ClusterOutbox, ClusterWriter, ClusterPace, ClusterReader, ClusterSequences</td></tr>
 *   <tr><td>links</td>
 *       <td>DrivenLink, ClusterLinkEvents</td></tr>
 *   <tr><td>the broker in memory</td>
 *       <td>InProcessBroker, InProcessLink, InProcessHistory, InProcessStore</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.router;

import org.jspecify.annotations.NullMarked;
