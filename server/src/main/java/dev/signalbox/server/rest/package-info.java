/** The control plane's mechanism: routing, problems, JSON, guard, OpenAPI. No feature is named here. */
@NullMarked
package dev.signalbox.server.rest;

import org.jspecify.annotations.NullMarked;
