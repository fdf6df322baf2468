package dev.signalbox.ha.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A transaction of etcd: steps that are done in one revision if all conditions hold, and else not at all. For one thread. */
final class Transaction {
    private final ObjectNode body = Gateway.JSON.createObjectNode();
    private final ArrayNode conditions = body.putArray("compare");
    private final ArrayNode steps = body.putArray("success");

    /** The key was last put with that revision; 0: there is no such key. */
    Transaction ifRevision(String key, long revision) {
        condition(key, "MOD").put("mod_revision", Long.toString(revision));
        return this;
    }

    Transaction ifValue(String key, String value) {
        condition(key, "VALUE").put("value", base64(value));
        return this;
    }

    private ObjectNode condition(String key, String target) {
        return conditions
                .addObject()
                .put("key", base64(key))
                .put("target", target)
                .put("result", "EQUAL");
    }

    /** Puts a key that ends with that lease of etcd. */
    Transaction put(String key, String value, long lease) {
        step("request_put", key).put("value", base64(value)).put("lease", Long.toString(lease));
        return this;
    }

    /** Puts a key that is there, and that ends with the lease of etcd that it has. */
    Transaction putAgain(String key, String value) {
        step("request_put", key).put("value", base64(value)).put("ignore_lease", true);
        return this;
    }

    Transaction get(String key) {
        step("request_range", key);
        return this;
    }

    /** Deletes all keys from the first to before the end. */
    Transaction delete(String first, String end) {
        step("request_delete_range", first).put("range_end", base64(end));
        return this;
    }

    private ObjectNode step(String kind, String key) {
        return steps.addObject().putObject(kind).put("key", base64(key));
    }

    ObjectNode body() {
        return body;
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), UTF_8);
    }
}
