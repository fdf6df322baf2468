/**
 * A client for programs in Java; see docs/clients.md. By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link SignalboxClient}, {@link ClientOptions}, {@link TokenSource}, {@link ClientListener},
 *           {@link State}</td></tr>
 *   <tr><td>messages</td>
 *       <td>{@link Draft}, {@link Payload}, {@link Sent}, {@link Message}, {@link MessageRefusal}</td></tr>
 *   <tr><td>topics</td>
 *       <td>{@link Published}, {@link Position}, {@link TopicStart}, {@link Subscription}, {@link TopicListener}, {@link Gap},
 *           {@link Presence}</td></tr>
 *   <tr><td>failures</td>
 *       <td>{@link ClientException} and its kinds: {@link RefusedException}, {@link ConnectionLostException},
 *           {@link NoAnswerException}, {@link TooManyCallsException}</td></tr>
 *   <tr><td>the engine</td>
 *       <td>Session, Loop, Calls, Deliveries, Subscriptions, Events, Frames</td></tr>
 *   <tr><td>its connections</td>
 *       <td>Connection, CloseCodes, SilenceWatch, Backoff, FixedToken</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.client;

import org.jspecify.annotations.NullMarked;
