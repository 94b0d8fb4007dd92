/** What can go wrong with Ollama on a server: see `problem.ts`. */
export const ollamaProblemStatus = {
  'ollama.unsupported': 409,
  'ollama.does_not_fit': 409,
  'ollama.port_taken': 409,
  'ollama.not_installed': 409,
  'ollama.not_ours': 409,
  'ollama.cloud_model': 400,
  'ollama.down': 502,
  'ollama.bad_answer': 502,
  'ollama.release_unavailable': 502,
  'ollama.version_not_found': 404,
  'ollama.checksum': 502,
  'ollama.disk_full': 502,
  'ollama.service_failed': 502,
  'ollama.model_not_found': 404,
  'ollama.pull_failed': 502,
  'ollama.model_fails': 502,
} as const;
