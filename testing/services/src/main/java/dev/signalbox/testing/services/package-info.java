/** Real parts for tests: PostgreSQL, Redis, a TCP fault proxy, a scripted HTTP server, certificates. */
@NullMarked
package dev.signalbox.testing.services;

import org.jspecify.annotations.NullMarked;
