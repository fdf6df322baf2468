package dev.signalbox.server.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All routes of a control plane, and the document that describes them. Thread-safe. The document is put together when it is first
 * asked for: most servers are never asked, and it would take a good part of their start.
 */
public final class OpenApi {
    private static final String FILE = "openapi.json";

    private static final Set<String> ANY = Set.of("400", "405", "429", "431", "500", "503");
    private static final Set<String> WITH_TOKEN = Set.of("401", "403");
    private static final Set<String> WITH_BODY = Set.of("408", "413", "415");

    private final List<Route> routes = new ArrayList<>();
    private final Map<Class<? extends RuntimeException>, String> outages = new HashMap<>();
    private final List<Supplier<JsonNode>> parts;
    private byte @Nullable [] document; // guarded by this

    private OpenApi(List<Api> apis) {
        parts = apis.stream().map(Api::document).toList();
        apis.forEach(api -> {
            routes.addAll(api.routes());
            outages.putAll(api.outages());
        });
        routes.add(Route.open(
                "GET",
                "/openapi.json",
                (request, response) ->
                        response.header("Content-Type", "application/json").send(document())));
    }

    private synchronized byte[] document() {
        byte[] made = document;
        if (made == null) {
            ObjectNode whole = (ObjectNode) part(OpenApi.class).get();
            parts.forEach(part -> merge(whole, part.get()));
            tellCommonRefusals(whole);
            made = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(whole);
            document = made;
        }
        return made;
    }

    public static OpenApi of(List<Api> apis) {
        return new OpenApi(apis);
    }

    /** Reads the part of the document in the file {@code openapi.json} beside a class. */
    public static Supplier<JsonNode> part(Class<?> beside) {
        return () -> read(beside);
    }

    private static JsonNode read(Class<?> beside) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(FILE), FILE)) {
            return JsonMapper.shared().readTree(in.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What any operation can answer is written here once, and not beside each of them. */
    private static void tellCommonRefusals(ObjectNode whole) {
        whole.withObject("/paths")
                .forEach(path -> path.properties().stream()
                        .filter(member -> member.getValue().has("responses"))
                        .forEach(member -> tellRefusals((ObjectNode) member.getValue())));
    }

    private static void tellRefusals(ObjectNode operation) {
        ObjectNode responses = (ObjectNode) operation.get("responses");
        refusals(operation)
                .filter(status -> !responses.has(status))
                .forEach(status -> responses.putObject(status).put("$ref", "#/components/responses/Problem"));
    }

    private static Stream<String> refusals(ObjectNode operation) {
        boolean open = operation.has("security");
        boolean takesBody = operation.has("requestBody");
        return Stream.of(ANY, open ? Set.<String>of() : WITH_TOKEN, takesBody ? WITH_BODY : Set.<String>of())
                .flatMap(Set::stream)
                .sorted();
    }

    /** Adds what is new at every depth; lists are joined. */
    private static void merge(ObjectNode into, JsonNode part) {
        part.properties().forEach(member -> {
            JsonNode there = into.get(member.getKey());
            if (there instanceof ObjectNode object && member.getValue().isObject()) {
                merge(object, member.getValue());
            } else if (there != null && there.isArray()) {
                member.getValue().forEach(((ArrayNode) there)::add);
            } else {
                into.set(member.getKey(), member.getValue().deepCopy());
            }
        });
    }

    Map<Class<? extends RuntimeException>, String> outages() {
        return Map.copyOf(outages);
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }
}
