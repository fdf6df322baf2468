package dev.signalbox.server.rest;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds routes by path and method; HEAD takes the route of GET. Immutable and thread-safe. */
final class RouteTable {
    private final List<Map.Entry<PathPattern, Map<String, Route>>> patterns;
    private final Set<String> methods;

    RouteTable(Collection<Route> routes) {
        this.patterns = routes.stream()
                .collect(Collectors.groupingBy(
                        route -> new PathPattern(route.path()), Collectors.toMap(Route::method, route -> route)))
                .entrySet()
                .stream()
                .sorted((one, other) -> one.getKey().compareTo(other.getKey()))
                .toList();
        this.methods = Stream.concat(Stream.of("HEAD"), routes.stream().map(Route::method))
                .collect(Collectors.toSet());
    }

    /** The routes of one path, and what the path says in their pattern. */
    record Match(PathPattern pattern, Map<String, Route> routes, Map<String, String> parameters) {
        Optional<Route> route(String method) {
            return Optional.ofNullable(routes.get(method.equals("HEAD") ? "GET" : method));
        }

        /** Some route of the path: tells who may know what there is. */
        Route any() {
            return new TreeMap<>(routes).firstEntry().getValue();
        }

        /** The methods as in the header Allow. */
        String allowed() {
            var allowed = new TreeSet<>(routes.keySet());
            if (allowed.contains("GET")) {
                allowed.add("HEAD");
            }
            return String.join(", ", allowed);
        }
    }

    /** Throws a {@link Problem} with status 400 if the path cannot be decoded. */
    Optional<Match> find(String path) {
        for (var candidate : patterns) {
            Optional<Map<String, String>> parameters = candidate.getKey().match(path);
            if (parameters.isPresent()) {
                return Optional.of(new Match(candidate.getKey(), candidate.getValue(), parameters.get()));
            }
        }
        return Optional.empty();
    }

    /** Method names are the caller's to invent, so only those of routes become a label of metrics. */
    String label(String method) {
        return methods.contains(method) ? method : "other";
    }
}
