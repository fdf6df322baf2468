/** Feature: what was delivered, kept in Redis for other programs. */
@NullMarked
package dev.signalbox.server.deliverycache;

import org.jspecify.annotations.NullMarked;
