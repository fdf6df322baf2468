import { api, Refusal } from './api.js';

const anyNames = (path) => path.replaceAll(/\{[^}]*\}/g, '{}');

/** What the server can do, by its own OpenAPI document. A server without one is taken at the console's word. */
export class Features {
  #operations;

  static async read() {
    try {
      return new Features(await api.description());
    } catch (failure) {
      if (failure instanceof Refusal && failure.status === 404) return new Features();
      throw failure;
    }
  }

  constructor(description) {
    this.#operations = description && operations(description);
  }

  /** Whether it has a route, such as `post /api/messages/{id}/retry`. */
  has(operation) {
    return this.#operations?.has(anyNames(operation)) ?? true;
  }

  /** Whether one of its routes takes this query parameter. */
  takes(operation, parameter) {
    return this.#operations?.get(anyNames(operation))?.has(parameter) ?? !this.#operations;
  }
}

function operations(description) {
  const found = new Map();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, { parameters = [] }] of Object.entries(methods)) {
      const names = parameters.map((parameter) => resolved(description, parameter).name);
      found.set(anyNames(`${method} ${path}`), new Set(names));
    }
  }
  return found;
}

/** A parameter may be written out or refer to one of the components. */
function resolved(description, parameter) {
  const name = parameter.$ref?.split('/').at(-1);
  return name ? description.components.parameters[name] : parameter;
}
