using AdvertiseX.Bench;

switch (args)
{
    case ["parquet", .. var rest]:
        return ParquetBench.Run(rest);
    default:
        Console.Error.WriteLine("usage: AdvertiseX.Bench parquet [MILLIONS [RUNS]]");
        return 2;
}
