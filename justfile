# Everything that continuous integration runs.
check:
    ./test

# The tests alone, or those whose name contains FILTER.
test FILTER='':
    tests/tools/install
    cargo test {{ FILTER }}

# Look at changed snapshots one by one.
review:
    cargo insta review

# Write the generated documentation anew.
docs:
    UPDATE=1 cargo test

# The main job, in a folder of its own.
demo:
    rm -rf target/demo && mkdir -p target/demo
    cargo run --release -- new target/demo/wavestack --preset wavestack
