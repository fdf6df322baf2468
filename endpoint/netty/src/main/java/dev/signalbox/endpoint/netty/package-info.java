/**
 * Clients over WebSocket, HTTP, TCP, UDP and gRPC, on Netty.
 *
 * <p>In: {@code StreamEndpoint} has the port; {@code ProxyHeaderHandler} and {@code HttpHandler} take what a connection begins with;
 * {@code GrpcConnectionHandler} and {@code GrpcCallHandler} do so over gRPC; {@code FrameHandler}, or over HTTP {@code EventHandler}
 * and {@code EventSession}, take a client's frames, over UDP {@code UdpHandler} and {@code UdpSession}; {@code Dialogue} lets the
 * client in, and {@code Conversation} does what it asks for.
 *
 * <p>Out: {@code LoopOutbox} collects what the clients of one event loop get, encodes it once for each {@code WireFormat}, and hands
 * it to each {@code ClientConnection}, which writes to its {@code Wire}.
 *
 * <p>Frames are JSON. Over gRPC they are protobuf, which {@code ProtobufReader} and {@code ProtobufWriter} make of JSON and back, by
 * the tables of {@code GrpcSchema}.
 *
 * <p>By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link WebSocketEndpoint}, {@link WebSocketOptions}, {@link TcpEndpoint}, {@link TcpOptions}, {@link UdpEndpoint},
 *           {@link UdpOptions}, {@link GrpcEndpoint}, {@link ListenerOptions}, {@link AddressRange}, {@link EventLoops},
 *           {@link ConnectionListener}, {@link GrpcCall}</td></tr>
 *   <tr><td>a port, and who connects to it</td>
 *       <td>NettyEndpoint, StreamEndpoint, SocketFile, Certificates, ConnectionCounter, Peer, ProxyHeaderHandler, ProxyHeader,
 *           ForwardedHeader, FailureLog</td></tr>
 *   <tr><td>the request that a connection over HTTP begins with</td>
 *       <td>HttpHandler, RequestGuard, Handshake, Subprotocol, DeflateNegotiation, Greeting, HttpAnswer, HalfClose</td></tr>
 *   <tr><td>what a client says, over any transport</td>
 *       <td>Dialogue, Conversation, RateLimit, Commands, FrameReader, ClientFrame, MalformedFrameException, ProtocolViolation, Utf8,
 *           CloseCode</td></tr>
 *   <tr><td>what the server says</td>
 *       <td>ServerFrames, TopicFrames, JsonBytes</td></tr>
 *   <tr><td>writing that to the clients of one event loop</td>
 *       <td>LoopOutbox, OutboxTask, ClientConnection, Life, Wire, WireFormat, MessageEncoder, LastFrame, Writes</td></tr>
 *   <tr><td>writing topics to them</td>
 *       <td>Feeds, Feed, Segment, Member, Places</td></tr>
 *   <tr><td>frames of a client that has a channel</td>
 *       <td>FrameHandler, FrameSource, Frame, Gathering, ChannelWire</td></tr>
 *   <tr><td>WebSocket's frames, coming in</td>
 *       <td>FrameDecoder, FrameHeader, Mask, Fragments, Inflation</td></tr>
 *   <tr><td>WebSocket's frames, going out</td>
 *       <td>WebSocketFormat, FrameEncoder, MessageDeflater, WebSocketWire, Pongs</td></tr>
 *   <tr><td>plain TCP</td>
 *       <td>TcpFormat, LineSource, LengthSource, TcpWire</td></tr>
 *   <tr><td>HTTP with server-sent events</td>
 *       <td>EventHandler, EventAnswers, EventSessions, EventSession, EventFormat, EventReplay</td></tr>
 *   <tr><td>UDP</td>
 *       <td>UdpHandler, UdpKeys, UdpSession</td></tr>
 *   <tr><td>gRPC</td>
 *       <td>GrpcConnectionHandler, GrpcCallHandler, GrpcHealth, GrpcSource, GrpcFormat, GrpcWire, GrpcStatus</td></tr>
 *   <tr><td>gRPC's frames in protobuf</td>
 *       <td>GrpcSchema, ProtobufReader, ProtobufValue, ProtobufWriter</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.endpoint.netty;

import org.jspecify.annotations.NullMarked;
