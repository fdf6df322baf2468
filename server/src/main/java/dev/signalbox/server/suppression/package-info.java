/** Feature: who gets no messages any more, by their own wish or because nothing arrives there, and who wants which. */
@NullMarked
package dev.signalbox.server.suppression;

import org.jspecify.annotations.NullMarked;
