/**
 * The control plane's mechanism: routing, problems, JSON, guard, OpenAPI. No feature is named here. By what they are about, in
 * the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what features add</td>
 *       <td>{@link Api}, {@link Route}, {@link Handler}, {@link RequestFilter}, {@link OpenApi}</td></tr>
 *   <tr><td>what a handler gets</td>
 *       <td>{@link Request}, {@link Response}</td></tr>
 *   <tr><td>how handlers read requests</td>
 *       <td>{@link RequestBody}, {@link Json}, {@link Fields}, {@link JsonFields}, {@link Query}, {@link TimeText},
 *           {@link UuidText}, {@link IdempotencyKey}, {@link LineReader}</td></tr>
 *   <tr><td>how they refuse</td>
 *       <td>{@link Problem}, {@link Problems}, {@link Violations}, {@link Violation}, {@link InvalidMessageException}</td></tr>
 *   <tr><td>how they answer what is long or late</td>
 *       <td>{@link FileBackedOutputStream}, {@link Timely}</td></tr>
 *   <tr><td>who may do what</td>
 *       <td>{@link Principal}, {@link Role}, {@link Authorizer}, {@link ControlTokens}, {@link TokenTable}, {@link AdminToken},
 *           Guard, AuditLog</td></tr>
 *   <tr><td>the control plane itself</td>
 *       <td>{@link ControlPlane}, {@link ControlSettings}, ControlKeys, {@link PemContext}, {@link BuildInfo},
 *           {@link ControlPlaneException}</td></tr>
 *   <tr><td>how much clients may take</td>
 *       <td>{@link Limits}, {@link ConcurrencyLimit}, ConnectionLimits, Patience</td></tr>
 *   <tr><td>the way of a request to its route</td>
 *       <td>Routing, RouteTable, PathPattern, PercentEncoding, SecurityHeaders, ErrorAnswers</td></tr>
 *   <tr><td>HTTP by Jetty</td>
 *       <td>WebServer, JettyExchange, JettyBody, ReasonPhrase, ClientGoneException</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.server.rest;

import org.jspecify.annotations.NullMarked;
