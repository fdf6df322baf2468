package dev.signalbox.server.console;

import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves the console from the class path: its own files, and under {@code lib/} the libraries in their WebJars. Whatever
 * has been asked for once stays in memory; there are only as many files as the jars hold. Thread-safe.
 */
public final class ConsoleRoutes {
    private static final String FILES = "dev/signalbox/console/";
    private static final String WEBJARS = "META-INF/resources/webjars";
    private static final Pattern SAFE =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
    private static final Pattern LIBRARY = Pattern.compile("lib/([a-z0-9._-]+)/(.+\\.js)");
    private static final Pattern IMPORT_MAP =
            Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private final Map<String, Asset> assets = new ConcurrentHashMap<>();
    private final String contentSecurityPolicy;

    private static final class Asset {
        private final byte[] bytes;
        private final String type;
        private final String etag;

        private Asset(byte[] bytes, String type) {
            this.bytes = bytes;
            this.type = type;
            this.etag = "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(bytes)) + "\"";
        }
    }

    public ConsoleRoutes() {
        contentSecurityPolicy = policy(asset("index.html")
                .map(index -> new String(index.bytes, StandardCharsets.UTF_8))
                .orElseThrow(() -> new IllegalStateException("the console is not on the class path")));
    }

    public List<Route> routes() {
        return List.of(
                Route.open("GET", "/", ConsoleRoutes::redirect),
                Route.open("GET", "/console", ConsoleRoutes::redirect),
                Route.open("GET", "/console/", (request, response) -> serve("index.html", request, response)),
                Route.open(
                        "GET",
                        "/console/{+file}",
                        (request, response) -> serve(request.parameter("file"), request, response)));
    }

    /** The import map is the one inline script; its hash admits it and nothing else. */
    private static String policy(String index) {
        Matcher importMap = IMPORT_MAP.matcher(index);
        String hash = importMap.find() ? " 'sha256-" + sha256(importMap.group(1)) + "'" : "";
        return "default-src 'none'; script-src 'self'" + hash
                + "; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
                + "; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";
    }

    private static String sha256(String text) {
        return Base64.getEncoder().encodeToString(sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void redirect(Request request, Response response) throws IOException {
        response.status(307).header("Location", "/console/").send();
    }

    private void serve(String wanted, Request request, Response response) throws IOException {
        Asset asset =
                SAFE.matcher(wanted).matches() ? asset(wanted).orElseThrow(() -> missing(wanted)) : refuse(wanted);
        response.header("ETag", asset.etag)
                .header("Cache-Control", "no-cache")
                .header("Content-Security-Policy", contentSecurityPolicy);
        if (request.header("If-None-Match").filter(asset.etag::equals).isPresent()) {
            response.status(304).send();
        } else {
            response.header("Content-Type", asset.type).send(asset.bytes);
        }
    }

    private static Asset refuse(String file) {
        throw missing(file);
    }

    private static Problem missing(String file) {
        return new Problem(404, "the console has no file '" + file + "'");
    }

    private Optional<Asset> asset(String file) {
        Asset known = assets.get(file);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Asset> loaded = load(file);
        loaded.ifPresent(asset -> assets.put(file, asset));
        return loaded;
    }

    private static Optional<Asset> load(String file) {
        String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
        return type == null
                ? Optional.empty()
                : resource(file).flatMap(ConsoleRoutes::bytes).map(bytes -> new Asset(bytes, type));
    }

    private static Optional<String> resource(String file) {
        Matcher library = LIBRARY.matcher(file);
        return library.matches()
                ? version(library.group(1))
                        .map(version -> String.join("/", WEBJARS, library.group(1), version, library.group(2)))
                : Optional.of(FILES + file);
    }

    /** WebJars keep their files under their version, which only their Maven metadata tells. */
    private static Optional<String> version(String library) {
        return bytes("META-INF/maven/org.webjars.npm/" + library + "/pom.properties")
                .flatMap(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)
                        .lines()
                        .filter(line -> line.startsWith("version="))
                        .map(line -> line.substring("version=".length()).strip())
                        .findFirst());
    }

    private static Optional<byte[]> bytes(String path) {
        try (InputStream in = ConsoleRoutes.class.getClassLoader().getResourceAsStream(path)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
