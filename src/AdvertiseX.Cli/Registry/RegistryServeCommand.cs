using System.CommandLine;
using System.Net;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Registry;
using AdvertiseX.Server;
using Microsoft.AspNetCore.Builder;

namespace AdvertiseX.Cli.Registry;

/// <summary><c>adx registry serve</c>.</summary>
internal static class RegistryServeCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var listen = SharedOptions.Named<string?>(
            "--listen",
            "Address and port to listen on, such as 0.0.0.0:8081; port 0 for one that is free (registry.listen)",
            "ADDRESS:PORT"
        );
        var json = SharedOptions.Json("Print one JSON object once it listens");
        var command = new AdxCommand(
            "serve",
            "Serve a schema registry with Confluent's API from the lake, until it is stopped."
        )
        {
            Examples =
            [
                ("adx registry serve --lake ./lake", "http://127.0.0.1:8081, as registry.url of others"),
                ("adx registry serve --listen 0.0.0.0:8081", "for other machines too; start several on one lake"),
            ],
        }.With(lake, listen, json);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var endPoint = EndPointOf(parsed.GetValue(listen), settings);
                return ServeAsync(settings, endPoint, parsed.GetValue(json), terminal, cancellation);
            }
        );
        return command;
    }

    private static async Task<int> ServeAsync(
        AdxSettings settings,
        IPEndPoint listen,
        bool json,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var users = UsersOf(settings, remark => terminal.Note($"adx: {remark}"));
        using var lake = await settings.OpenLakeAsync(terminal, cancellation, create: true);
        using var registry = new SchemaRegistry(lake.Store, terminal.Clock);
        // A log that cannot be read ends the command before anybody asks.
        await registry.StateAsync(cancellation);
        var said = new Lock();
        var service = new RegistryService(
            registry,
            users,
            line =>
            {
                lock (said)
                    terminal.Note($"adx: {line}");
            }
        );
        await using var http = await HttpService.StartAsync(
            listen,
            application => application.Run(service.AnswerAsync)
        );
        if (json)
        {
            terminal.WriteJson(new { Url = $"http://{http.EndPoint}" });
            await terminal.Text.FlushAsync(CancellationToken.None);
        }
        else
        {
            terminal.Note($"adx: a schema registry listens on http://{http.EndPoint}");
        }

        await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        return ExitCode.Done;
    }

    /// <summary>Those who may ask a registry.</summary>
    /// <param name="settings">Names their file.</param>
    /// <param name="remark">Takes what in it an operator may not have meant, a line each.</param>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public static RegistryUsers UsersOf(AdxSettings settings, Action<string> remark)
    {
        var file = settings.RegistryServer.UsersFile;
        var users = new RegistryUsers(file);
        try
        {
            foreach (var line in users.Remarks())
                remark(line);
            return users;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"registry.users_file is \"{file}\"; allowed: a file that can be read: {failed.Message}"
            );
        }
    }

    /// <exception cref="UsageException">It is not an address and a port.</exception>
    private static IPEndPoint EndPointOf(string? given, AdxSettings settings)
    {
        var text = given ?? settings.RegistryServer.Listen;
        return ListenAddress.Parse(text)
            ?? throw new UsageException(
                $"{(given is null ? "registry.listen" : "--listen")} is \"{text}\"; allowed: an address and a port, such as 127.0.0.1:8081"
            );
    }
}
