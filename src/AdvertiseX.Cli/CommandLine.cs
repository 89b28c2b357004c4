using System.CommandLine;
using System.CommandLine.Help;
using AdvertiseX.Cli.Completion;
using AdvertiseX.Cli.Contracts;
using AdvertiseX.Cli.Demo;
using AdvertiseX.Cli.Explain;
using AdvertiseX.Cli.Generation;
using AdvertiseX.Cli.Ingest;
using AdvertiseX.Cli.Keys;
using AdvertiseX.Cli.Lake;
using AdvertiseX.Cli.Models;
using AdvertiseX.Cli.Query;
using AdvertiseX.Cli.Reference;
using AdvertiseX.Cli.Registry;
using AdvertiseX.Cli.Rejects;
using AdvertiseX.Cli.Reports;
using AdvertiseX.Cli.Serving;
using AdvertiseX.Cli.Streaming;
using AdvertiseX.Cli.WhatIf;

namespace AdvertiseX.Cli;

/// <summary>The whole of <c>adx</c>: its commands, and how a run of one ends.</summary>
internal static class CommandLine
{
    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("AdvertiseX: raw ad logs to campaign performance.")
        {
            DemoCommand.Create(terminal),
            IngestCommand.Create(terminal),
            StreamCommand.Create(terminal),
            ServeCommand.Create(terminal),
            KeysCommand.Create(terminal),
            TopicsCommand.Create(terminal),
            ProduceCommand.Create(terminal),
            RegistryCommand.Create(terminal),
            ReportCommand.Create(terminal),
            ExplainCommand.Create(terminal),
            WhatIfCommand.Create(terminal),
            RunCommand.Create(terminal),
            RestatementsCommand.Create(terminal),
            QueryCommand.Create(terminal),
            ReferenceCommand.Create(terminal),
            RejectsCommand.Create(terminal),
            LakeCommand.Create(terminal),
            ContractCommand.Create(terminal),
            GenerateCommand.Create(terminal),
            CompletionCommand.Create(terminal),
        };
        root.Add(SharedOptions.Config(terminal));
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExamplesHelp((HelpAction)help.Action!);
        return root;
    }

    /// <summary>Runs one command line; nothing escapes.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var parsed = Create(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (args.Count == 0)
            return ShowHelp(parsed, terminal);
        // An explicit --help answers whatever else is wrong.
        if (parsed.Action is not ExamplesHelp && Usage.Complaint(parsed) is { } complaint)
            return Refuse(complaint, parsed, terminal);
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = terminal.Text,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            var code = await parsed.InvokeAsync(configuration, cancellation);
            await terminal.Text.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (Exception error)
        {
            var failure = Failure.Of(error);
            if (failure.Line is not null)
                terminal.Note($"adx: {failure.Line}");
            if (terminal.Debugging)
                foreach (var line in error.ToString().Split('\n'))
                    terminal.Note(line.TrimEnd('\r'));
            return failure.Code;
        }
    }

    private static int ShowHelp(ParseResult parsed, Terminal terminal)
    {
        var help = (ExamplesHelp)parsed.RootCommandResult.Command.Options.OfType<HelpOption>().Single().Action!;
        help.Write(parsed, terminal.Error);
        return ExitCode.Usage;
    }

    private static int Refuse(string complaint, ParseResult parsed, Terminal terminal)
    {
        terminal.Note($"adx: {complaint}");
        terminal.Note($"Try '{PathOf(parsed.CommandResult.Command)} --help'.");
        return ExitCode.Usage;
    }

    // "adx lake verify"; the root's own name is that of the file which runs.
    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "adx";
}
