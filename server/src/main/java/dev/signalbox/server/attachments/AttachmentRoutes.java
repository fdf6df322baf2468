package dev.signalbox.server.attachments;

import dev.signalbox.delivery.attachments.AttachmentLimits;
import dev.signalbox.delivery.attachments.Attachments;
import dev.signalbox.delivery.attachments.FileTooLargeException;
import dev.signalbox.delivery.attachments.StoredFile;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.UuidText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Takes files, and tells what is known of them. Thread-safe. */
final class AttachmentRoutes {
    private static final String ALL = "/api/attachments";
    private static final String BYTES = "application/octet-stream";

    private final Attachments files;
    private final AttachmentLimits limits;

    AttachmentRoutes(Attachments files, AttachmentLimits limits) {
        this.files = files;
        this.limits = limits;
    }

    List<Route> routes() {
        return List.of(Route.post(ALL, Role.SENDER, this::save), Route.read(ALL + "/{id}", this::show));
    }

    private record View(UUID id, String name, String type, long size, String sha256, Instant keptUntil) {}

    private View view(StoredFile file) {
        return new View(
                file.id(),
                file.name(),
                file.type(),
                file.size(),
                file.sha256(),
                file.used().plus(limits.retention()));
    }

    private void save(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("name", "type"));
        query.violations().check(query.has("name"), "name", "is required: the file's name, as recipients see it");
        query.refuseWrong();
        if (!RequestBody.type(request).equals(BYTES)) {
            throw RequestBody.unsupportedType(request, BYTES);
        }
        RequestBody.refuseLongerThan(request, limits.largest());
        String name = query.text("name").orElseThrow();
        StoredFile saved = saved(name, query.text("type").orElseGet(() -> typeOf(name)), request);
        response.header("Location", ALL + "/" + saved.id());
        Json.send(response, 201, view(saved));
    }

    private StoredFile saved(String name, String type, Request request) throws IOException {
        try (InputStream body = request.body()) {
            return files.save(name, type, body);
        } catch (FileTooLargeException e) {
            throw Problems.tooLarge(limits.largest());
        } catch (IllegalArgumentException wrong) {
            throw Problems.refused(wrong);
        }
    }

    private static String typeOf(String name) {
        return Optional.ofNullable(URLConnection.guessContentTypeFromName(name)).orElse(BYTES);
    }

    private void show(Request request, Response response) throws IOException {
        String id = request.parameter("id");
        Json.send(
                response,
                UuidText.parse(id)
                        .flatMap(files::find)
                        .map(this::view)
                        .orElseThrow(() -> new Problem(404, "there is no attachment " + id)));
    }
}
