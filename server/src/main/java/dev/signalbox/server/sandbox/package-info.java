/** Feature: a sandbox, in which messages go their whole way and nothing leaves the house. */
@NullMarked
package dev.signalbox.server.sandbox;

import org.jspecify.annotations.NullMarked;
