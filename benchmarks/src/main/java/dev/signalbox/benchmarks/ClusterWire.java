package dev.signalbox.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What a client says over WebSocket to one kind of server.
 *
 * @param path where the server takes WebSockets, maybe with {@code %d} for the client's number
 * @param upgraded what has come once the client may go on
 * @param welcome how a client comes in after that
 * @param subscribe how it becomes a subscriber
 * @param publication the frame that publishes, with {@code %s} for the text
 */
record ClusterWire(String path, String upgraded, List<Step> welcome, Step subscribe, String publication) {

    /** Something that a client says, and what is in the answer once it is done. */
    record Step(String says, String until) {
        private RivalProtocol.Step bytes() {
            return new RivalProtocol.Step(RivalProtocol.text(says), until);
        }
    }

    static final ClusterWire SIGNALBOX = new ClusterWire(
            "/ws?access_token=client-%d",
            "\"welcome\"",
            List.of(),
            new Step("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"news\"}", "\"recovered\""),
            "{\"type\":\"publish\",\"topic\":\"news\",\"text\":\"%s\"}");

    static final ClusterWire SOCKET_IO = new ClusterWire(
            "/socket.io/?EIO=4&transport=websocket",
            "\"sid\"",
            List.of(new Step("40", "40{")),
            new Step("42[\"subscribe\"]", "subscribed"),
            "42[\"publish\",\"%s\"]");

    static final ClusterWire CENTRIFUGO = new ClusterWire(
            "/connection/websocket",
            "\r\n\r\n",
            List.of(new Step("{\"id\":1,\"connect\":{}}", "\"connect\"")),
            new Step("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}", "\"subscribe\""),
            "{\"id\":3,\"publish\":{\"channel\":\"news\",\"data\":\"%s\"}}");

    static final ClusterWire VERTX =
            new ClusterWire("/", "ready", List.of(), new Step(VertxClusterNode.SUBSCRIBE, "subscribed"), "%s");

    /** From the connection until the client may publish. */
    List<RivalProtocol.Step> publisher(int client) {
        List<RivalProtocol.Step> steps = new ArrayList<>();
        steps.add(RivalProtocol.upgrade(path.formatted(client), upgraded));
        welcome.forEach(step -> steps.add(step.bytes()));
        return steps;
    }

    /** From the connection until the client gets what is published. */
    List<RivalProtocol.Step> subscriber(int client) {
        List<RivalProtocol.Step> steps = publisher(client);
        steps.add(subscribe.bytes());
        return steps;
    }

    byte[] publish(String payload) {
        return RivalProtocol.text(publication.formatted(payload));
    }
}
