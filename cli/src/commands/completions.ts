import { command } from '../command.ts';
import { usage } from '../exit.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

// The shells ask `clawmoor complete` at each Tab: what can follow is said in one place, and a newer clawmoor needs no newer script.
const SCRIPTS: Record<(typeof SHELLS)[number], string> = {
  bash: `# bash completion of clawmoor: source <(clawmoor completions bash)
_clawmoor() {
  local word about
  COMPREPLY=()
  while IFS=$'\\t' read -r word about; do
    if [[ $word == :files ]]; then
      compopt -o filenames
      mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
    else
      COMPREPLY+=("$(printf '%q' "$word")")
    fi
  done < <(clawmoor complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _clawmoor clawmoor
`,
  zsh: `#compdef clawmoor
# zsh completion of clawmoor: source <(clawmoor completions zsh)
_clawmoor() {
  local word about
  local -a found shown
  while IFS=$'\\t' read -r word about; do
    if [[ $word == :files ]]; then
      _files
    else
      found+=("$word")
      shown+=("$word  $about")
    fi
  done < <(clawmoor complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && compadd -l -d shown -a found
}
(( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
compdef _clawmoor clawmoor
`,
  fish: `# fish completion of clawmoor: clawmoor completions fish | source
function __clawmoor
    set -l words (commandline -opc) (commandline -ct)
    for line in (clawmoor complete $words[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c clawmoor -f -a '(__clawmoor)'
`,
};

export const completions = command({
  name: 'completions',
  words: ['SHELL'],
  summary: 'A script that completes commands, options and names of servers: bash, zsh, fish',
  examples: ['source <(clawmoor completions bash)', 'clawmoor completions fish | source'],
  options: {},
  async run({ out }, { words }) {
    const shell = SHELLS.find((each) => each === words.SHELL);
    if (!shell) throw usage(`${words.SHELL} is none of ${SHELLS.join(', ')}`);
    out.text(SCRIPTS[shell]);
  },
});
