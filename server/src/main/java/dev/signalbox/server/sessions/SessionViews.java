package dev.signalbox.server.sessions;

import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.Page;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.util.RawValue;

/** Events, gaps and pages as JSON: the same to REST, server-sent events and clients. */
final class SessionViews {
    private SessionViews() {}

    /** The value is JSON already. */
    static Map<String, Object> of(Event<String> event) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("offset", event.offset());
        view.put("id", event.id().toString());
        view.put("at", event.at());
        if (!event.headers().isEmpty()) {
            view.put("headers", event.headers());
        }
        view.put("value", new RawValue(event.value()));
        return view;
    }

    static Map<String, Object> of(Gap gap) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("expected", gap.expected());
        view.put("next", gap.next());
        return view;
    }

    static Map<String, Object> of(String session, Page<String> page) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("session", session);
        page.gap().ifPresent(gap -> view.put("gap", of(gap)));
        view.put("events", page.events().stream().map(SessionViews::of).toList());
        view.put("next", page.next().toString());
        view.put("more", page.hasMore());
        view.put("last", page.last());
        return view;
    }
}
