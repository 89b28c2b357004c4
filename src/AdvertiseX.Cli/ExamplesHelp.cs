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
        help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is AdxCommand { Examples.Count: > 0 } command)
            Write(parseResult.InvocationConfiguration.Output, command.Examples);
        return ExitCode.Done;
    }

    public static void Write(TextWriter output, IReadOnlyList<(string CommandLine, string Does)> examples)
    {
        output.WriteLine("Examples:");
        foreach (var (line, does) in examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {does}");
        }

        output.WriteLine();
    }
}
