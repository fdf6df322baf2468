package dev.signalbox.benchmarks;

import java.util.List;

/**
 * What a client says over WebSocket to one kind of server.
 *
 * @param path where the server takes WebSockets, maybe with {@code %d} for the client's number
 * @param welcome how a client comes in
 * @param subscribe how it becomes a subscriber
 * @param publication the frame that publishes, with {@code %s} for the text
 */
record ClusterWire(String path, List<Step> welcome, Step subscribe, String publication) {

    /** Something that a client says, unless it is empty, and what is in the answer once it is done. */
    record Step(String says, String until) {}

    static final ClusterWire SIGNALBOX = new ClusterWire(
            "/ws?access_token=client-%d",
            List.of(new Step("", "\"welcome\"")),
            new Step("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"news\"}", "\"recovered\""),
            "{\"type\":\"publish\",\"topic\":\"news\",\"text\":\"%s\"}");

    static final ClusterWire SOCKET_IO = new ClusterWire(
            "/socket.io/?EIO=4&transport=websocket",
            List.of(new Step("", "\"sid\""), new Step("40", "40{")),
            new Step("42[\"subscribe\"]", "subscribed"),
            "42[\"publish\",\"%s\"]");

    static final ClusterWire CENTRIFUGO = new ClusterWire(
            "/connection/websocket",
            List.of(new Step("{\"id\":1,\"connect\":{}}", "\"connect\"")),
            new Step("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}", "\"subscribe\""),
            "{\"id\":3,\"publish\":{\"channel\":\"news\",\"data\":\"%s\"}}");

    static final ClusterWire VERTX = new ClusterWire(
            "/", List.of(new Step("", "ready")), new Step(VertxClusterNode.SUBSCRIBE, "subscribed"), "%s");
}
