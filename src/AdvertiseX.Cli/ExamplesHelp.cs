using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace AdvertiseX.Cli;

/// <summary>The library's help, then the command's examples.</summary>
internal sealed class ExamplesHelp(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult, parseResult.InvocationConfiguration.Output);
        return ExitCode.Done;
    }

    /// <summary>Writes the help of the command that was parsed.</summary>
    public void Write(ParseResult parsed, TextWriter output)
    {
        parsed.InvocationConfiguration.Output = output;
        help.Invoke(parsed);
        if (parsed.CommandResult.Command is not AdxCommand { Examples.Count: > 0 } command)
            return;
        output.WriteLine("Examples:");
        foreach (var (line, does) in command.Examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {does}");
        }

        output.WriteLine();
    }
}
