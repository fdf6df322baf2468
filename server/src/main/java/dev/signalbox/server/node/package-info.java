/**
 * A node: what features share, and how they start and stop. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>features, and the node that they add to</td>
 *       <td>{@link Feature}, {@link Features}, {@link Node}, {@link ServedChannel}, {@link Channels},
 *           {@link MessagePreparation}, {@link GatedDispatcher}, {@link EndedSessions}, {@link Health},
 *           {@link StartupException}</td></tr>
 *   <tr><td>a node's start and end</td>
 *       <td>{@link Server}, PrivateFolder, Closing</td></tr>
 *   <tr><td>a node's settings</td>
 *       <td>{@link NodeSettings}, NodeKeys, SeedVariables, {@link NodeName}</td></tr>
 *   <tr><td>a node's database, opened when a feature asks for it</td>
 *       <td>StoredParts, Startup, PeriodicRemoval, DatabaseMetrics</td></tr>
 *   <tr><td>a node's router, opened likewise</td>
 *       <td>RoutedParts, ClientListeners, ReservedTopics</td></tr>
 *   <tr><td>how a node drains</td>
 *       <td>NodeDrain, RequestGate, RouterDrain, ConnectionDrain</td></tr>
 *   <tr><td>what a node tells of itself</td>
 *       <td>NodeRoutes, HealthBoard, PlatformMetrics, {@link Build}</td></tr>
 *   <tr><td>the log, and simulators as processes</td>
 *       <td>{@link Logging}, {@link LogFormat}, {@link LogLevel}, {@link SimulatorOptions}</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.server.node;

import org.jspecify.annotations.NullMarked;
