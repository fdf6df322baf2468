package dev.signalbox.server.rest;

/** What is wrong with one field, in the caller's own words for it. */
public record Violation(String field, String message) {}
