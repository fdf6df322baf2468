package dev.signalbox.server.rest;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What runs here, as {@code GET /version} tells it. All three are shown as they are. */
public record BuildInfo(
        String version,
        @JsonProperty("build_time") String buildTime,
        @JsonProperty("git_commit") String gitCommit) {}
