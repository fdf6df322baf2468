/**
 * Clients over WebSocket, HTTP, TCP, UDP and gRPC, on Netty.
 *
 * <p>In: {@code StreamEndpoint} has the port; {@code ProxyHeaderHandler} and {@code HttpHandler} take what a connection begins with;
 * {@code GrpcConnectionHandler} and {@code GrpcCallHandler} do so over gRPC; {@code FrameHandler}, or over HTTP {@code EventHandler}
 * and {@code EventSession}, take a client's frames, over UDP {@code UdpHandler} and {@code UdpSession}; {@code Dialogue} lets the client in, and {@code Conversation} does what it asks
 * for.
 *
 * <p>Out: {@code LoopOutbox} collects what the clients of one event loop get, encodes it once for each {@code WireFormat}, and hands
 * it to each {@code ClientConnection}, which writes to its {@code Wire}.
 *
 * <p>Frames are JSON. Over gRPC they are protobuf, which {@code ProtobufReader} and {@code ProtobufWriter} make of JSON and back, by
 * the tables of {@code GrpcSchema}.
 */
@NullMarked
package dev.signalbox.endpoint.netty;

import org.jspecify.annotations.NullMarked;
