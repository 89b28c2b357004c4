using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli;

/// <summary>
/// Where a command writes: data to <see cref="Output"/> or <see cref="Text"/>, notes and progress to
/// <see cref="Error"/>. Not thread-safe.
/// </summary>
internal sealed class Terminal : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // Readable names in any script; nothing here ends up in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    private readonly Func<string, string?> _variable;

    public Terminal(Stream output, TextWriter error, Func<string, string?> variable)
    {
        Output = output;
        Text = new StreamWriter(output, new UTF8Encoding(false), 1 << 14) { NewLine = "\n" };
        Error = error;
        _variable = variable;
    }

    /// <summary>Standard output. Throws <see cref="OutputClosedException"/> once nobody reads any more.</summary>
    public Stream Output { get; }

    /// <summary>Whether anything went to <see cref="Output"/>, as far as it can be told: true where it
    /// cannot.</summary>
    public bool HasWritten =>
        Output switch
        {
            StandardOutput standard => standard.HasWritten,
            { CanSeek: true } => Output.Position > 0,
            _ => true,
        };

    /// <summary>Standard output as text; flushed at the end, and before <see cref="Output"/> is written
    /// directly.</summary>
    public TextWriter Text { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 100;

    /// <summary>Ends the process at once with an exit code; null where it is not this program's own (a test).</summary>
    public Action<int>? EndProcess { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether text on standard output may be coloured: a terminal, and no NO_COLOR (no-color.org).</summary>
    public bool Colours => OutputIsTerminal && string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";

    /// <summary>How the user calls this program: the launcher says it.</summary>
    public string CommandName => Variable("ADX_COMMAND") is { Length: > 0 } name ? name : "adx";

    /// <summary>Whether stack traces are shown.</summary>
    public bool Debugging => Variable("ADX_DEBUG") is not (null or "" or "0");

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess() =>
        new(
            StandardOutput.Open(),
            new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" },
            Environment.GetEnvironmentVariable
        )
        {
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            EndProcess = ProcessEnd.Now,
            Width = Console.IsOutputRedirected ? 100 : Math.Max(40, Console.WindowWidth),
        };

    /// <summary>An environment variable, or null.</summary>
    public string? Variable(string name) => _variable(name);

    /// <summary>Writes one JSON document and a line end. Names become snake case.</summary>
    public void WriteJson(object value) => Text.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>A line for people, beside the data. What it quotes of files may hold anything: characters that steer a
    /// terminal are shown as escapes.</summary>
    public void Note(string line) => Error.WriteLine(TerminalText.Visible(line));

    public void Dispose()
    {
        // What is left to write may meet a closed pipe; whoever closed it does not want it.
        try
        {
            Text.Dispose();
        }
        catch (Exception e) when (e is IOException or OutputClosedException) { }

        Error.Dispose();
    }
}
