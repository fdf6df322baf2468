package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.http.HttpAnswer;
import dev.signalbox.http.HttpCall;
import java.net.URI;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;

/**
 * Bird's Channels API (formerly MessageBird): {@code POST /workspaces/{workspace}/channels/{channel}/messages}. Immutable.
 *
 * <p>The sender is the channel's number. It knows no idempotency keys; {@code reference} comes back in its events. Events are
 * subscribed to in the workspace, not with each message.
 */
public final class BirdProvider implements SmsProvider {
    public static final URI USUAL_URL = URI.create("https://api.bird.com");

    private static final String UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI url;
    private final HttpCall call;

    private BirdProvider(URI url, HttpCall call) {
        this.url = url;
        this.call = call;
    }

    /**
     * With an access key.
     *
     * @param base {@link #USUAL_URL}, or a test's
     * @param workspace its id, a UUID
     * @param channel the id of an SMS channel in it, a UUID
     * @param key the access key; not shown by {@link #toString}
     * @throws IllegalArgumentException if one of them cannot be used; the key is not repeated
     */
    public static BirdProvider of(URI base, String workspace, String channel, String key) {
        if (!workspace.matches(UUID) || !channel.matches(UUID)) {
            throw new IllegalArgumentException("the workspace or the channel is not a UUID");
        }
        var url = Requests.below(base, "/workspaces/" + workspace + "/channels/" + channel + "/messages");
        return new BirdProvider(url, Requests.post(url).withHeader("Authorization", "AccessKey " + key));
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public HttpCall request(SmsMessage message) {
        var body = JSON.createObjectNode();
        body.putObject("receiver").putArray("contacts").addObject().put("identifierValue", message.to());
        body.putObject("body").put("type", "text").putObject("text").put("text", message.text());
        body.put("reference", message.key());
        return call.withBody(Requests.JSON, JSON.writeValueAsBytes(body));
    }

    @Override
    public SendResult result(HttpAnswer answer, Instant now) {
        return Answers.taken(answer, 202, now);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "BirdProvider[" + url + "]";
    }
}
