package dev.signalbox.server.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All routes of a control plane, and the document that describes them, put together from the parts. Immutable. */
public final class OpenApi {
    private static final String FILE = "openapi.json";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<Route> routes = new ArrayList<>();
    private final Map<Class<? extends RuntimeException>, String> outages = new HashMap<>();
    private final byte[] document;

    private OpenApi(List<Api> apis) {
        ObjectNode whole = (ObjectNode) part(OpenApi.class);
        apis.forEach(api -> {
            routes.addAll(api.routes());
            outages.putAll(api.outages());
            merge(whole, api.document());
        });
        document = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(whole);
        routes.add(Route.open(
                "GET",
                "/openapi.json",
                (request, response) ->
                        response.header("Content-Type", "application/json").send(document)));
    }

    public static OpenApi of(List<Api> apis) {
        return new OpenApi(apis);
    }

    /** The part of the document in the file {@code openapi.json} beside a class. */
    public static JsonNode part(Class<?> beside) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(FILE), FILE)) {
            return JSON.readTree(in.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
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
                into.set(member.getKey(), member.getValue());
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
