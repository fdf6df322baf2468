/** Feature: topics that clients publish to and subscribe to: who may, and what is kept. */
@NullMarked
package dev.signalbox.server.topics;

import org.jspecify.annotations.NullMarked;
