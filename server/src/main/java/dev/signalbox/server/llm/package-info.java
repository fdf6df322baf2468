/** Feature: language models for clients and for the command line. */
@NullMarked
package dev.signalbox.server.llm;

import org.jspecify.annotations.NullMarked;
