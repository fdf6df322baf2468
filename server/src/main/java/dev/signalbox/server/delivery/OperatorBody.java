package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Principal;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads what an operator's request says: fields that are known, and a note. */
final class OperatorBody {
    private OperatorBody() {}

    /** The fields of a body that may be left out. */
    static JsonFields optional(Request request, ControlPlane.Bounds bounds, Set<String> known) throws IOException {
        JsonNode body =
                RequestBody.optionalJson(request, bounds.maxBody()).orElseGet(JsonNodeFactory.instance::objectNode);
        return fields(body, known, "this request");
    }

    static JsonFields fields(JsonNode body, Set<String> known, String owner) {
        var violations = new Violations();
        violations.check(body.isObject(), "", "the body must be a JSON object");
        refuseWrong(violations);
        var fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(known, owner);
        return fields;
    }

    /** Who asks, and the field {@code note}. */
    static Remark remark(Request request, JsonFields fields) {
        Remark by = request.principal().map(Principal::name).map(Remark::by).orElse(Remark.NONE);
        try {
            return fields.text("note").map(by::withNote).orElse(by);
        } catch (IllegalArgumentException wrong) {
            fields.violations().add("note", FailureText.of(wrong).replaceFirst("^note ", ""));
            return by;
        }
    }

    static void refuseWrong(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }
}
