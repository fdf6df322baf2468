package dev.signalbox.server.topics;

import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.Topic;
import dev.signalbox.router.TopicInfo;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Violation;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** Lists topics, and reads what they keep. */
final class TopicRoutes {
    static final String TOPICS = "/api/topics";
    /** A topic's name may have slashes; one that ends with {@code /messages} or {@code /presence} needs that one encoded. */
    private static final String TOPIC = TOPICS + "/{+name}";

    static final String MESSAGES = TOPIC + "/messages";
    /** What one page of messages may have of them. */
    private static final int PAGE_BYTES = 4 << 20;

    private final Supplier<Router> router;

    /** {@code router} is asked for once there are requests. */
    TopicRoutes(Supplier<Router> router) {
        this.router = router;
    }

    List<Route> routes() {
        return List.of(
                Route.read(TOPICS, this::list), Route.read(TOPIC, this::show), Route.read(MESSAGES, this::messages));
    }

    /** {@code first} is above {@code last} if nothing is kept. */
    private record TopicView(
            String name, UUID epoch, long first, long last, long bytes, int subscribers, boolean presence) {
        static TopicView of(TopicInfo info) {
            return new TopicView(
                    info.name(),
                    info.epoch(),
                    info.first(),
                    info.last(),
                    info.bytes(),
                    info.subscribers(),
                    info.presence());
        }
    }

    private record TopicPage(List<TopicView> items, int total, Optional<String> next) {}

    private void list(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("limit", "cursor", "name"));
        int limit = query.limit();
        query.refuseWrong();
        String prefix = query.text("name").orElse("");
        String after = query.text("cursor").orElse("");
        List<TopicInfo> all = router.get().topics();
        List<TopicView> page = all.stream()
                .filter(topic -> topic.name().startsWith(prefix) && topic.name().compareTo(after) > 0)
                .limit(limit)
                .map(TopicView::of)
                .toList();
        Optional<String> next = page.size() < limit
                ? Optional.empty()
                : Optional.of(page.getLast().name());
        Json.send(response, new TopicPage(page, all.size(), next));
    }

    private void show(Request request, Response response) throws IOException {
        Json.send(response, TopicView.of(info(request)));
    }

    private TopicInfo info(Request request) {
        String name = topic(request).name();
        return router.get()
                .topic(name)
                .orElseThrow(() -> new Problem(
                        404, "there is no topic " + name + " now: nobody subscribes to it, and it keeps no message"));
    }

    static Address.Topic topic(Request request) {
        try {
            return Address.topic(request.parameter("name"));
        } catch (IllegalArgumentException e) {
            throw Problems.invalid(List.of(new Violation("name", NewPublication.NO_TOPIC)));
        }
    }

    /** A message, and its place in the topic. */
    private record MessageView(
            long offset,
            UUID id,
            Instant at,
            String from,
            Optional<String> text,
            Optional<byte[]> base64,
            Map<String, String> headers) {}

    /** Messages that are gone between the one that was asked for and {@code next}. */
    private record GapView(long expected, long next) {}

    private record MessagePage(
            String topic,
            UUID epoch,
            long last,
            Optional<GapView> gap,
            List<MessageView> messages,
            long next,
            boolean more) {}

    private void messages(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("after", "limit"));
        int limit = query.limit();
        Optional<Long> after = query.value("after", TopicRoutes::offset, "must be an offset: a whole number from 0 on");
        query.refuseWrong();
        TopicInfo info = info(request);
        long from = after.orElse(info.first() - 1);
        Topic.Kept kept = router.get()
                .read(info.name(), from, PAGE_BYTES)
                .orElseThrow(() -> new Problem(404, "the topic " + info.name() + " has just ended"));
        Json.send(response, page(info, from, kept, limit));
    }

    private static Long offset(String text) {
        long offset = Long.parseLong(text);
        if (offset < 0) {
            throw new IllegalArgumentException("below 0");
        }
        return offset;
    }

    private static MessagePage page(TopicInfo info, long after, Topic.Kept kept, int limit) {
        List<MessageView> messages = kept.publications().stream()
                .limit(limit)
                .map(each -> view(each.offset(), each.at(), each.message()))
                .toList();
        Optional<GapView> gap =
                kept.first() > after + 1 ? Optional.of(new GapView(after + 1, kept.first())) : Optional.empty();
        long next = messages.isEmpty()
                ? Math.max(after, kept.first() - 1)
                : messages.getLast().offset();
        return new MessagePage(info.name(), info.epoch(), info.last(), gap, messages, next, next < info.last());
    }

    private static MessageView view(long offset, long at, Message message) {
        Optional<String> text =
                message.payload() instanceof Payload.Text value ? Optional.of(value.value()) : Optional.empty();
        Optional<byte[]> binary =
                message.payload() instanceof Payload.Binary bytes ? Optional.of(bytes.toByteArray()) : Optional.empty();
        return new MessageView(
                offset,
                message.id(),
                Instant.ofEpochMilli(at),
                message.source().toString(),
                text,
                binary,
                message.headers());
    }
}
