using System.CommandLine;

namespace AdvertiseX.Cli.Completion;

/// <summary><c>adx completion SHELL</c>: a script that asks adx itself what comes next.</summary>
internal static class CompletionCommand
{
    // The directive [suggest:N] makes the parser print what fits at position N of the line.
    private const string Bash = """
        # adx completion for bash. Install: adx completion bash > ~/.local/share/bash-completion/completions/adx
        _adx() {
            local word="${COMP_WORDS[COMP_CWORD]}" line
            COMPREPLY=()
            while IFS= read -r line; do
                [[ "$line" == "$word"* ]] && COMPREPLY+=("$line")
            done < <(ADX_NO_BUILD=1 "${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2> /dev/null)
            [ "${#COMPREPLY[@]}" -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$word")
        }
        complete -o filenames -F _adx adx ./adx
        """;

    private const string Zsh = """
        #compdef adx
        # adx completion for zsh. Install: adx completion zsh > "${fpath[1]}/_adx"
        _adx() {
            local -a found
            found=("${(@f)$(ADX_NO_BUILD=1 "${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2> /dev/null)}")
            if [ -n "${found[1]}" ]; then compadd -- "${found[@]}"; else _files; fi
        }
        if [ "${funcstack[1]}" = _adx ]; then _adx "$@"; else compdef _adx adx; fi
        """;

    private const string Fish = """
        # adx completion for fish. Install: adx completion fish > ~/.config/fish/completions/adx.fish
        function __adx_complete
            set -l line (commandline -cp)
            ADX_NO_BUILD=1 adx "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null
        end
        complete -c adx -a '(__adx_complete)'
        """;

    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["fish"] = Fish,
    };

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new AdxCommand("completion", "Print a completion script for a shell.")
        {
            Examples = [("adx completion bash", "source it, or put it where bash looks for completions")],
        }.With(shell);
        command.SetAction(parsed =>
        {
            terminal.Text.WriteLine(Scripts[parsed.GetValue(shell)!]);
            return ExitCode.Done;
        });
        return command;
    }
}
